import os
import subprocess

tag = os.environ["IMAGE_TAG"]
level = os.environ.get("LOG_LEVEL", "info")
subprocess.check_call(["helm", "upgrade", "x", "chart", "--set", f"image.tag={tag}"])
