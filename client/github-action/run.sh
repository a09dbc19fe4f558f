#!/usr/bin/env bash
# The step of action.yml: runs its command under `opsbell run`, with the client of this checkout.
set -u
command=$OPSBELL_ACTION_RUN
options=(
  --task "${OPSBELL_ACTION_TASK:-${GITHUB_WORKFLOW:-workflow}/${GITHUB_JOB:-job}}"
  --subject "${OPSBELL_ACTION_SUBJECT:-${GITHUB_REPOSITORY:-}@${GITHUB_REF_NAME:-}}"
)
[ -z "${OPSBELL_ACTION_CHANNEL:-}" ] || options+=(--channel "$OPSBELL_ACTION_CHANNEL")
[ -z "${OPSBELL_ACTION_LOG_LEVEL:-}" ] || options+=(--log-level "$OPSBELL_ACTION_LOG_LEVEL")
[ -z "${GITHUB_RUN_ID:-}" ] ||
  options+=(--log-url "${GITHUB_SERVER_URL:-https://github.com}/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID")
client=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
unset OPSBELL_ACTION_RUN OPSBELL_ACTION_TASK OPSBELL_ACTION_SUBJECT OPSBELL_ACTION_CHANNEL OPSBELL_ACTION_LOG_LEVEL
# Not through PYTHONPATH, which the command would inherit.
start='import sys; sys.path.insert(0, sys.argv.pop(1)); from opsbell.__main__ import main; main()'
exec python3 -c "$start" "$client" run "${options[@]}" -- bash --noprofile --norc -eo pipefail -c "$command"
