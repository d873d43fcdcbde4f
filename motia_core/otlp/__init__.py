"""What is recorded and measured, told to a collector in the OpenTelemetry protocol, after the fact."""
