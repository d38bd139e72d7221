"""The loop behind the sync API: what was cancelled is left to clean up before the loop ends."""

import asyncio
import threading

from assignee.background import BackgroundLoop


def test_closing_waits_for_the_clean_up_of_what_was_cancelled_before() -> None:
    loop = BackgroundLoop()
    cleaning, closing = threading.Event(), threading.Event()
    ended: list[str] = []

    async def cancelled_before() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaning.set()
            await asyncio.to_thread(closing.wait)
            ended.append("cleaned up")

    async def cancelled_by_closing() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            closing.set()

    first = loop.submit(cancelled_before())
    loop.submit(cancelled_by_closing())
    loop.run(asyncio.sleep(0))
    first.cancel()
    assert cleaning.wait(10)
    loop.close()
    assert ended == ["cleaned up"]
