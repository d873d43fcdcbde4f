"""What starts a step: HTTP requests, deliveries, ticks of the clock. Policies are pure, loops obey them."""
