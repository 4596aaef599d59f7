#!/usr/bin/env python3
import os
import subprocess

tag = os.environ.get("IMAGE_TAG") or "latest"
subprocess.run(
    ["kubectl", "set", "image", "deployment/mail", f"mail=ghcr.io/acme/mail:{tag}"],
    check=True,
)
