import re

config = {
    "type": "event",
    "name": "AnalyzeContent",
    "subscribes": ["content.uploaded"],
    "emits": ["content.analyzed"],
    "input": {"id": "string", "title": "string", "text": "string"},
    "flows": ["content"],
}


async def handler(content, context):
    words = re.findall(r"\w+", content["text"].lower())
    tags = sorted({word for word in words if words.count(word) > 1})
    analysis = {"words": len(words), "tags": tags}
    await context["state"].set("analyses", content["id"], analysis)
    await context["emit"]({"topic": "content.analyzed", "data": {"id": content["id"], "analysis": analysis}})
