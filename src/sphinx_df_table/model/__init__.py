"""Data classes that both processes share: options, tables, requests and replies."""
