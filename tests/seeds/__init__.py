"""The programs of the source documents, as files, run as their readers would run them."""
