"""Plain values that both processes share: options, tables, requests and replies."""
