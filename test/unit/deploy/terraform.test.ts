import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { FOLDER, roles } from './terraform-policies.ts'

const TERRAFORM = process.env['TERRAFORM'] ?? 'terraform'
const hasTerraform = spawnSync(TERRAFORM, ['version']).status === 0
if (!hasTerraform) console.warn('no terraform: TERRAFORM names one; the format of deploy/terraform is not checked')

const json = (file: string): unknown => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))
const names = tableDefinitions.map(({ name }) => name)

const ACLS = fileURLToPath(new URL('../../../deploy/kafka/acls.sh', import.meta.url))

/** What MSK's IAM calls the operations of Kafka. */
const ACTIONS: Readonly<Record<string, string>> = {
  'topic Read': 'ReadData',
  'topic Write': 'WriteData',
  'topic Create': 'CreateTopic',
  'topic Describe': 'DescribeTopic',
  'topic DescribeConfigs': 'DescribeTopicDynamicConfiguration',
  'group Read': 'AlterGroup',
  'group Describe': 'DescribeGroup',
  'cluster Describe': 'DescribeCluster',
}

/** Rights that the script of the ACLs gives a role, in the words of IAM; `*` ends what is a prefix. */
function aclsOf(role: string): readonly { readonly action: string; readonly resource: string }[] {
  const env = { PATH: process.env['PATH'] ?? '', KAFKA_ACLS: 'echo', BOOTSTRAP: 'broker:9098', PREFIX: 'shop.' }
  const { stdout } = spawnSync('bash', [ACLS], { env, encoding: 'utf8' })
  const lines = stdout.split('\n').filter((line) => line.includes(`User:waldstream-${role} `))
  return lines.flatMap((line) => {
    const rest = line.includes('--resource-pattern-type prefixed') ? '*' : ''
    const operations = [...line.matchAll(/--operation (\w+)/g)].map(([, operation]) => operation)
    const resources = [...line.matchAll(/--(topic|group|cluster)(?: (\S+))?/g)]
    return resources.flatMap(([, kind, name = '']) =>
      operations.map((operation) => ({
        action: ACTIONS[`${kind} ${operation}`] ?? `? ${kind} ${operation}`,
        resource: `${name.replace('shop.', '')}${rest}`,
      })),
    )
  })
}

/** The statements of msk.tf; places in texts are without their `$`. */
function statements() {
  const text = readFileSync(join(FOLDER, 'msk.tf'), 'utf8')
  return [...text.matchAll(/statement \{([\s\S]*?)\n {2}\}/g)].map(([, body = '']) => ({
    sid: /sid\s+= "(\w+)"/.exec(body)?.[1],
    actions: [...body.matchAll(/"kafka-cluster:(\w+)"/g)].map(([, action = '']) => action),
    resources: /resources\s+= (.*)/.exec(body)?.[1]?.replaceAll('$', ''),
  }))
}

describe('deploy/terraform', () => {
  it('has the tables of the program, with their keys, indexes and times to live', () => {
    expect(json('tables.json')).toEqual(
      tableDefinitions.map((one) => ({ ...one, localIndexes: one.localIndexes ?? [] })),
    )
  })

  it('has a role of AWS for each role, with tables that there are, each once', () => {
    expect(Object.keys(roles)).toEqual(['producer', 'processor', 'projector', 'api'])
    for (const [role, { read, write }] of Object.entries(roles)) {
      const all = [...read, ...write]
      expect(
        all.filter((name) => !names.includes(name)),
        role,
      ).toEqual([])
      expect(new Set(all).size, role).toBe(all.length)
    }
    const used = new Set(Object.values(roles).flatMap(({ read, write }) => [...read, ...write]))
    expect(names.filter((name) => !used.has(name))).toEqual([])
  })

  it('lets nobody make or delete tables, and nobody do everything', () => {
    const iam = readFileSync(join(FOLDER, 'iam.tf'), 'utf8')
    expect(iam).not.toMatch(/"dynamodb:(CreateTable|DeleteTable|UpdateTable|\*)"|actions\s*=\s*\["\*"\]/)
  })

  it('lets each role do at MSK what the ACLs of Kafka let it do', () => {
    for (const [role, topics] of Object.entries(json('topics.json') as Readonly<Record<string, readonly string[]>>)) {
      const acls = aclsOf(role)
      const written = acls.filter(({ action }) => action === 'WriteData').map(({ resource }) => resource)
      expect(topics.toSorted(), role).toEqual(written.toSorted())
      const others = acls.filter(({ action }) => action !== 'WriteData').map(({ action }) => action)
      // An ACL for the cluster is not needed to sign in, nor one to write idempotently.
      expect(
        statements()
          .flatMap(({ actions }) => actions)
          .toSorted(),
        role,
      ).toEqual([...others, 'WriteData', 'Connect', 'WriteDataIdempotently'].toSorted())
    }
    expect(Object.keys(json('topics.json') as object)).toEqual(Object.keys(roles))
    expect(statements().map(({ sid, resources }) => [sid, resources])).toEqual([
      ['Connect', '[local.msk_cluster]'],
      ['ReadTopics', '["{local.msk_topics}*"]'],
      ['WriteTopics', '[for topic in each.value : "{local.msk_topics}{topic}"]'],
      ['UseGroups', '["{local.msk_groups}*"]'],
    ])
  })

  it('declares every variable that it uses, and describes it', () => {
    const text = readdirSync(FOLDER)
      .filter((file) => file.endsWith('.tf'))
      .map((file) => readFileSync(join(FOLDER, file), 'utf8'))
      .join('\n')
    const declared = [...text.matchAll(/^variable "(\w+)" \{\n\s+description = "/gm)].map(([, name]) => name)
    const used = new Set([...text.matchAll(/\bvar\.(\w+)/g)].map(([, name]) => name))
    expect([...used].toSorted()).toEqual(declared.toSorted())
  })

  it.skipIf(!hasTerraform)('is formatted as terraform fmt does it', () => {
    const { status, stdout } = spawnSync(TERRAFORM, ['fmt', '-check', '-diff', '-recursive', FOLDER], {
      encoding: 'utf8',
    })
    expect(status, stdout).toBe(0)
  })
})
