"""Live data: browsers join streams over WebSockets and Server-Sent Events, and every change reaches them once."""
