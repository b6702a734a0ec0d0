# shellcheck shell=sh
# Runs on the user's machine when the resource that keeps it is deleted, by a plain `pulumi destroy` as well, which does not run the program:
# removes what interrupted runs left behind, with the library of the project or, else, where it was when the resource was made.

for file in "$CARAVAN_IN_PROJECT" "$CARAVAN_AT_CREATION"; do
  if [ -f "$file" ] && node "$file"; then exit 0; fi
done
echo "what interrupted runs may have left in OpenStack was not looked for: no Node.js or no library of caravan is here." \
  "If the destruction waits for what is in use, end it and run: pulumi destroy --run-program"
