config = {"type": "event", "name": "OperationPy", "subscribes": ["operation.python"], "emits": []}


async def handler(input, context):
    logger, emit = context["logger"], context["emit"]
    try:
        # Step logic
        pass
        raise RuntimeError("broken in Python")
    except Exception as error:
        logger.error(f"Operation failed: {str(error)}")
        # Emit error event or re-raise
        await emit({"topic": "error.occurred", "data": {"error": str(error)}})
