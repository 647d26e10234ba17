import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Installation } from './terraform-installation.ts'

export const FOLDER = fileURLToPath(new URL('../../../deploy/terraform/', import.meta.url))

export interface RoleTables {
  readonly read: readonly string[]
  readonly write: readonly string[]
  readonly secrets: boolean
  readonly queues: boolean
}

/** A statement that allows actions on resources. */
export interface Statement {
  readonly sid: string
  readonly actions: readonly string[]
  readonly resources: readonly string[]
}

/** `role` is inside of the role; `msk` is attached to it. */
export type Kind = 'role' | 'msk'

interface Table {
  readonly name: string
  readonly localIndexes: readonly unknown[]
}

const json = (file: string): unknown => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))
export const roles = json('roles.json') as Readonly<Record<string, RoleTables>>
const quoted = (text: string) => [...text.matchAll(/"([a-z-]+:[A-Za-z*]+)"/g)].map(([, action = '']) => action)

/** The actions of each list of `locals`, and those of each statement. */
function actionsIn(file: string) {
  const text = readFileSync(join(FOLDER, file), 'utf8')
  const lists = new Map(
    [...text.matchAll(/^ {2}(\w+)\s+= \[([^\]]*)\]/gm)].map(([, name = '', body = '']) => [name, quoted(body)]),
  )
  const bySid = [...text.matchAll(/^ {4}(\w+)\s+= ((?:concat\()?local\.[^\n]*_tables\)?)$/gm)].map(
    ([, sid = '', sum = '']): readonly [string, readonly string[]] => [
      sid,
      [...sum.matchAll(/local\.(\w+)/g)].flatMap(([, name = '']) => lists.get(name) ?? []),
    ],
  )
  const stated = [...text.matchAll(/sid\s+= "(\w+)"\n\s+actions\s+= \[([^\]]*)\]/g)].map(
    ([, sid = '', body = '']): readonly [string, readonly string[]] => [sid, quoted(body)],
  )
  return [...bySid, ...stated]
}

/** The policies of a role as Terraform makes them; a statement that is not known here is an error. */
export function policiesOf(role: string, installation: Installation): Readonly<Record<Kind, readonly Statement[]>> {
  const { partition, region, account, variables } = installation
  const tables = json('tables.json') as readonly Table[]
  const uses = roles[role]
  const topics = (json('topics.json') as Readonly<Record<string, readonly string[]>>)[role]
  if (uses === undefined || topics === undefined) throw new Error(`no role ${role}`)
  const arn = (service: string, rest: string) => `arn:${partition}:${service}:${region}:${account}:${rest}`
  const tableArns = (wanted: (name: string) => boolean) =>
    tables
      .filter(({ name }) => wanted(name))
      .flatMap(({ name, localIndexes }) => {
        const table = arn('dynamodb', `table/${variables.table_prefix}${name}`)
        return localIndexes.length === 0 ? [table] : [table, `${table}/index/*`]
      })
  const inCluster = (kind: string) =>
    `${variables.msk_cluster_arn.replace(':cluster/', `:${kind}/`)}/${variables.topic_prefix}`
  const resources: Readonly<Record<string, readonly string[]>> = {
    DescribeTables: tableArns((name) => ![...uses.read, ...uses.write].includes(name)),
    ReadTables: tableArns((name) => uses.read.includes(name)),
    WriteTables: tableArns((name) => uses.write.includes(name)),
    ReadSecrets: uses.secrets
      ? [
          arn('secretsmanager', `secret:${variables.secrets_prefix}*`),
          arn('ssm', `parameter/${variables.secrets_prefix}*`),
        ]
      : [],
    ReadQueues: uses.queues ? variables.queue_arns : [],
    UseKey: [variables.kms_key_arn],
    Connect: [variables.msk_cluster_arn],
    ReadTopics: [`${inCluster('topic')}*`],
    WriteTopics: topics.map((topic) => `${inCluster('topic')}${topic}`),
    UseGroups: [`${inCluster('group')}*`],
  }
  const statements = (file: string) =>
    actionsIn(file)
      .map(([sid, actions]) => {
        const on = resources[sid]
        if (on === undefined) throw new Error(`${file} has a statement ${sid}, whose resources are not known`)
        return { sid, actions, resources: on }
      })
      .filter(({ resources: on }) => on.length > 0)
  return { role: statements('iam.tf'), msk: statements('msk.tf') }
}

/** A policy as AWS counts it: without white space. A list of one is written as Terraform does. */
export function documentOf(statements: readonly Statement[]): string {
  const one = (list: readonly string[]) => (list.length === 1 ? list[0] : list)
  return JSON.stringify({
    Statement: statements.map(({ sid, actions, resources }) => ({
      Action: one(actions),
      Effect: 'Allow',
      Resource: one(resources),
      Sid: sid,
    })),
    Version: '2012-10-17',
  })
}
