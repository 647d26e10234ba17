/** Makes deploy/terraform/topics.json, the topics that each role appends to, as the ACLs of Kafka have them. */
import { isPerSystem } from '../src/events/topics.ts'
import { generatedFile } from './generated-file.ts'
import { writtenKinds } from './kafka-acls.ts'

const topics = Object.fromEntries(
  Object.entries(writtenKinds).map(([role, kinds]) => [
    role,
    kinds.map((kind) => (isPerSystem(kind) ? `${kind}.*` : kind)),
  ]),
)
generatedFile(new URL('../deploy/terraform/topics.json', import.meta.url), `${JSON.stringify(topics, null, 2)}\n`)
