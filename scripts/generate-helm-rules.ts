/** Copies the alerts of deploy/prometheus into the Helm chart, which can only read its own files. */
import { readFileSync } from 'node:fs'
import { generatedFile } from './generated-file.ts'

const RULES = new URL('../deploy/prometheus/rules.yaml', import.meta.url)
generatedFile(new URL('../deploy/helm/waldstream/files/rules.yaml', import.meta.url), readFileSync(RULES, 'utf8'))
