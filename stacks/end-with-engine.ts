// Imported for what it does: when the engine is killed, nobody reads what this program says. Pulumi's runtime (3.270) reports each error by
// writing, also that of such a report, and would go on for ever, with a core and ever more memory.
for (const output of [process.stdout, process.stderr]) output.on("error", () => process.exit(1));
