/** Makes every generated file; `--check` fails when one on disk differs from what would be made. */
await import('./generate-types.ts')
await import('./generate-config-schema.ts')
await import('./generate-fault-matrix.ts')
await import('./generate-settings-tables.ts')
await import('./generate-environment.ts')
await import('./generate-metrics.ts')
await import('./generate-commands.ts')
await import('./generate-dashboards.ts')
