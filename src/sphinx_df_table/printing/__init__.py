"""What builders of text, man pages, EPUB and PDF make of tables."""
