import { canonicalJson } from '../../events/canonical-json.ts'
import { logicalTypeChanges } from '../../platform/registry/logical-type-changes.ts'
import type { RegistryClient } from '../../platform/registry/registry-client.ts'
import { allKinds, readSchema } from '../../platform/registry/schema-files.ts'
import { type Check, type Finding, fail, ok, warn } from './finding.ts'

const SCHEMAS = 'schemas'
const LEVEL = 'BACKWARD_TRANSITIVE'

type Registry = Pick<RegistryClient, 'latest' | 'compatibility' | 'accepts'>

/** Compares this release's schemas with the registered ones. */
export function schemasCheck(registry: Registry, topicPrefix: string): Check {
  return {
    name: SCHEMAS,
    async run() {
      const kinds = allKinds()
      const seen = await Promise.all(
        kinds.map((kind) => judgeSchema(registry, `${topicPrefix}${kind}-value`, readSchema(kind))),
      )
      const missing = seen.filter(({ state }) => state === 'missing').map(({ subject }) => subject)
      const right = seen.filter(({ state, findings }) => state === 'known' && findings.length === 0).length
      return [
        ...(right > 0 ? [ok(SCHEMAS, `${right} of ${kinds.length} are registered as in this release`)] : []),
        ...(missing.length > 0
          ? [warn(SCHEMAS, `not registered yet; the next start registers them: ${missing.join(', ')}`)]
          : []),
        ...seen.flatMap(({ findings }) => findings),
      ]
    },
  }
}

export interface SeenSchema {
  readonly subject: string
  /** Id in the registry; null: the subject has no schema. */
  readonly id: number | null
  readonly state: 'missing' | 'known' | 'other'
  readonly findings: readonly Finding[]
}

/** Compares a schema of this release with the registered one. */
export async function judgeSchema(registry: Registry, subject: string, schema: string): Promise<SeenSchema> {
  const name = `schema ${subject}`
  const latest = await registry.latest(subject)
  if (latest === undefined) return { subject, id: null, state: 'missing', findings: [] }
  const findings: Finding[] = []
  const level = await registry.compatibility(subject)
  if (level !== LEVEL)
    findings.push(warn(name, `compatibility is ${level ?? 'not set'}; the next start of a role sets ${LEVEL}`))
  if (sameJson(latest.schema, schema)) return { subject, id: latest.id, state: 'known', findings }
  const changes = logicalTypeChanges(latest.schema, schema)
  if (changes.length > 0) {
    findings.push(
      fail(
        name,
        `stored bytes would change their meaning: ${changes.join('; ')}`,
        'run the release that registered it',
      ),
    )
  } else if (await registry.accepts(subject, schema)) {
    findings.push(
      warn(name, 'another version is registered, compatible with this one: a release is being rolled out, or back'),
    )
  } else {
    findings.push(
      fail(name, 'the registered version is not compatible with this one', 'run the release that registered it'),
    )
  }
  return { subject, id: latest.id, state: 'other', findings }
}

function sameJson(a: string, b: string): boolean {
  return canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b))
}
