/** Makes the tables of docs/reference/metrics.md from src/platform/metrics/metric-list.ts. */
import { readFileSync } from 'node:fs'
import { generatedFile } from './generated-file.ts'
import { metricsTables } from './metrics-tables.ts'
import { withTables } from './settings-tables.ts'

const PAGE = new URL('../docs/reference/metrics.md', import.meta.url)
generatedFile(PAGE, withTables(readFileSync(PAGE, 'utf8'), metricsTables()))
