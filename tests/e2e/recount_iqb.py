"""The Internet Quality Barometer in plain Python, from the framework's own table."""

# Download and upload in Mbit/s, latency in ms, loss as a part of all; each with its weight.
FRAMEWORK = {
    "web browsing": ((10, 3), (10, 2), (100, 4), (0.01, 4)),
    "video streaming": ((25, 4), (10, 2), (100, 4), (0.01, 4)),
    "audio streaming": ((10, 4), (5, 1), (100, 3), (0.01, 4)),
    "video conferencing": ((25, 4), (25, 4), (50, 4), (0.005, 4)),
    "online backup": ((10, 4), (25, 4), (100, 2), (0.01, 4)),
    "gaming": ((25, 4), (25, 4), (10, 5), (0.005, 4)),
}


def iqb(download, upload, latency, loss):
    """The score, and what failed, in words."""
    scores, failed = [], []
    for use, wants in sorted(FRAMEWORK.items()):
        passed = [download > wants[0][0], upload > wants[1][0], latency < wants[2][0], loss < wants[3][0]]
        scores.append(sum(weight for ok, (_, weight) in zip(passed, wants) if ok) / sum(weight for _, weight in wants))
        lacks = [word for ok, word in zip(passed, ("download", "upload", "latency", "loss")) if not ok]
        if lacks:
            failed.append(f"{use}: {', '.join(lacks)}")
    return sum(scores) / len(scores), "; ".join(failed) or "none"
