# Supplied: stands for the library the document imports.
def pipeline(task):
    def analyse(text):
        if not text:
            raise ValueError("no text")
        return [{"label": "POSITIVE" if "love" in text else "NEGATIVE", "score": 0.99}]

    return analyse
