#!/usr/bin/env bash
# This language host is older than the way in which the engine tells it a project's options: it would never hear of
# `typescript: false`, and compile programs with ts-node. Programs here are run by Node.js itself.
exec "$(dirname "$(readlink -f "$0")")/pulumi-language-nodejs-host" -typescript=false "$@"
