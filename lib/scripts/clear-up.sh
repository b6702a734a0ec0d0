# shellcheck shell=sh
# Removes the orphans of interrupted runs. Runs on the user's machine when its resource is deleted, also by a plain `pulumi destroy`, which
# does not run the program. It uses the library of the project, or else the library at its path when the resource was created.

for file in "$CARAVAN_IN_PROJECT" "$CARAVAN_AT_CREATION"; do
  if [ -f "$file" ] && node "$file"; then exit 0; fi
done
echo "what interrupted runs may have left in OpenStack was not looked for: no Node.js or no library of caravan is here." \
  "If the destruction waits for what is in use, end it and run: pulumi destroy --run-program"
