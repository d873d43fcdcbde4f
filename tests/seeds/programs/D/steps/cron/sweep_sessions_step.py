from typing import Any

config: dict[str, Any] = {"type": "cron", "name": "SweepProcessed", "cron": "0 3 * * *", "emits": ["processed.swept"]}


async def handler(ctx: Any) -> None:
    """Removes what is processed: state that nobody needs any more."""
    old = [entry for entry in await ctx.state.get_group("drafts") if entry["done"]]
    for entry in old:
        await ctx.state.delete("drafts", entry["id"])
    await ctx.emit({"topic": "processed.swept", "data": {"count": len(old)}})
