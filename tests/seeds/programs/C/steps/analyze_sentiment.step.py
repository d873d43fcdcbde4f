# steps/analyze_sentiment.step.py
import asyncio
from transformers import pipeline

config = {
    "type": "event",
    "name": "AnalyzeSentiment",
    "subscribes": ["review.submitted"],
    "emits": ["sentiment.analyzed"],
    "input": {
        "reviewId": "string",
        "text": "string",
        "userId": "string"
    }
}

# Initialize ML model
sentiment_analyzer = pipeline("sentiment-analysis")

async def handler(review_data, context):
    logger = context["logger"]
    emit = context["emit"]
    state = context["state"]

    try:
        logger.info(f"Analyzing sentiment for review {review_data['reviewId']}")

        # Run sentiment analysis
        result = sentiment_analyzer(review_data["text"])
        sentiment_score = result[0]["score"]
        sentiment_label = result[0]["label"]

        analysis = {
            "reviewId": review_data["reviewId"],
            "sentiment": sentiment_label,
            "confidence": sentiment_score,
            "analyzedAt": datetime.now().isoformat()
        }

        await state.set("sentiment_analyses", review_data["reviewId"], analysis)
        await emit({
            "topic": "sentiment.analyzed",
            "data": analysis
        })

    except Exception as error:
        logger.error(f"Sentiment analysis failed: {str(error)}")
        await emit({
            "topic": "analysis.failed",
            "data": {"reviewId": review_data["reviewId"], "error": str(error)}
        })


# Supplied below the printed lines.
from datetime import datetime
