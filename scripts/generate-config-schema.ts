/**
 * Makes config/schema/waldstream.schema.json, which editors use to check the configuration, from src/configuration and
 * the definitions of systems.
 */
import { editorSchema } from '../src/configuration/editor-schema.ts'
import { templateSchemas } from '../src/configuration/vendor-templates/template-schemas.ts'
import { systemTypes } from '../src/systems/systems.ts'
import { generatedFile } from './generated-file.ts'

const OUTPUT = new URL('../config/schema/waldstream.schema.json', import.meta.url)
generatedFile(OUTPUT, `${JSON.stringify(editorSchema(systemTypes, templateSchemas), null, 2)}\n`)
