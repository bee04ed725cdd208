"""A mail server that only counts: each accepted mail is a line with its recipient in a file. Prints its port."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

WORDS = {b"EHLO": b"250 sink", b"HELO": b"250 sink", b"QUIT": b"221 bye", b"DATA": b"354 go on"}


async def main(file: Path) -> None:
    with file.open("ab", buffering=0) as taken:

        async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 sink\r\n")
            to = b""
            while line := await reader.readline():
                word = line[:4].upper()
                to = line.partition(b"<")[2].partition(b">")[0] if word == b"RCPT" else to
                writer.write(WORDS.get(word, b"250 ok") + b"\r\n")
                if word == b"DATA":
                    while await reader.readline() != b".\r\n":
                        pass
                    taken.write(to + b"\n")
                    writer.write(b"250 taken\r\n")
            writer.close()

        server = await asyncio.start_server(hear, "127.0.0.1", 0, limit=2**20)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
