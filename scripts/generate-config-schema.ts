/** Makes config/schema/waldstream.schema.json, which editors check the configuration with, from src/configuration. */
import { editorSchema } from '../src/configuration/document-schemas.ts'
import { generatedFile } from './generated-file.ts'

const OUTPUT = new URL('../config/schema/waldstream.schema.json', import.meta.url)
generatedFile(OUTPUT, `${JSON.stringify(editorSchema(), null, 2)}\n`)
