/** Writes config/schema/waldstream.schema.json, which editors check the configuration with, from src/core. */
import { writeFileSync } from 'node:fs'
import { editorSchema } from '../src/core/document-schemas.ts'

const OUTPUT = new URL('../config/schema/waldstream.schema.json', import.meta.url)
writeFileSync(OUTPUT, `${JSON.stringify(editorSchema(), null, 2)}\n`)
