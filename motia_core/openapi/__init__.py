"""The API of a project as OpenAPI 3.1, and the page that shows it. Pure: a snapshot in, a document out."""
