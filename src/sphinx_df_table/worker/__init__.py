"""The processes that run the code of pages. Empty, so that the supervisor loads no pandas."""
