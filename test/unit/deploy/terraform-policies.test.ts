// AWS refuses policies that are too long when they are applied, not when they are planned.
import { rmSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { installation } from './terraform-installation.ts'
import { initialized, planned } from './terraform-plan.ts'
import { documentOf, policiesOf, roles, type Statement } from './terraform-policies.ts'

const ROLES = Object.keys(roles)

/** Of AWS, without white space: of all policies inside of a role together, and of one that is attached. */
const LIMITS = { role: 10_240, msk: 6_144 }

/** For tests that plan: Terraform starts the provider anew for each. */
const PLANS_MS = 180_000

const TERRAFORM = process.env['TERRAFORM'] ?? 'terraform'
const PLUGINS = process.env['TERRAFORM_PLUGINS']
const folder = PLUGINS === undefined ? undefined : initialized(TERRAFORM, PLUGINS, installation)
if (folder === undefined) {
  console.warn('no plan of deploy/terraform is made: TERRAFORM_PLUGINS names a folder with the provider aws')
}
afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true })
})

const list = (one: string | readonly string[]) => [one].flat().toSorted()

/** The statements of a document, in no order. */
function statementsOf(document: string): readonly Statement[] {
  const { Statement: statements } = JSON.parse(document) as {
    readonly Statement: readonly Readonly<Record<'Sid' | 'Action' | 'Resource', string>>[]
  }
  return statements
    .map(({ Sid, Action, Resource }) => ({ sid: Sid, actions: list(Action), resources: list(Resource) }))
    .toSorted((one, other) => one.sid.localeCompare(other.sid))
}

describe('the policies of deploy/terraform', () => {
  it.each(ROLES)('of %s are no longer than AWS allows', (role) => {
    const { role: inside, msk } = policiesOf(role, installation)
    expect(documentOf(inside).length).toBeLessThanOrEqual(LIMITS.role)
    expect(documentOf(msk).length).toBeLessThanOrEqual(LIMITS.msk)
  })

  it.each(ROLES)('let %s describe all tables, and read and write its own alone', (role) => {
    const start = `:table/${installation.variables.table_prefix}`
    const allowed = (action: string) =>
      policiesOf(role, installation)
        .role.filter(({ actions }) => actions.includes(`dynamodb:${action}`))
        .flatMap(({ resources }) => resources.filter((arn) => !arn.endsWith('/index/*')))
        .map((arn) => arn.slice(arn.indexOf(start) + start.length))
        .toSorted()
    const { read = [], write = [] } = roles[role] ?? {}
    expect(allowed('DescribeTable')).toEqual(tableDefinitions.map(({ name }) => name).toSorted())
    expect(allowed('Query')).toEqual([...read, ...write].toSorted())
    expect(allowed('PutItem')).toEqual(write.toSorted())
  })

  it.skipIf(folder === undefined)('are what Terraform plans', { timeout: PLANS_MS }, () => {
    const { policies, objections } = planned(TERRAFORM, folder ?? '', installation)
    expect(objections).toEqual([])
    expect(Object.keys(policies.role).toSorted()).toEqual(ROLES.toSorted())
    for (const role of ROLES) {
      const expected = policiesOf(role, installation)
      for (const kind of ['role', 'msk'] as const) {
        const document = policies[kind][role] ?? ''
        expect(statementsOf(document), `${kind} ${role}`).toEqual(statementsOf(documentOf(expected[kind])))
        expect(document.replaceAll(/\s/g, '').length, `${kind} ${role}`).toBe(documentOf(expected[kind]).length)
      }
    }
  })

  it.skipIf(folder === undefined)('are objected to in the plan where they are too long', { timeout: PLANS_MS }, () => {
    const long = { ...installation.variables, table_prefix: 'p'.repeat(100), topic_prefix: 'p'.repeat(100) }
    const { objections } = planned(TERRAFORM, folder ?? '', { ...installation, variables: long })
    expect(objections).toContainEqual(expect.stringContaining('The policy of api is longer than the 10,240 characters'))
    expect(objections).toContainEqual(
      expect.stringContaining('The policy of api for MSK is longer than the 6,144 characters'),
    )
  })

  it.skipIf(folder === undefined)(
    'are planned beside the cluster and the key that they name',
    { timeout: PLANS_MS },
    () => {
      const unknown = ['msk_cluster_arn', 'kms_key_arn', 'queue_arns', 'trust_policy_json'] as const
      const { policies, objections } = planned(TERRAFORM, folder ?? '', installation, unknown)
      expect(objections).toEqual([])
      expect(Object.keys(policies.msk).toSorted()).toEqual(ROLES.toSorted())
    },
  )

  it.skipIf(folder === undefined)(
    'need the cluster and the prefix of its topics together',
    { timeout: PLANS_MS },
    () => {
      const { msk_cluster_arn: _cluster, ...noCluster } = installation.variables
      const noPrefix = { ...installation.variables, topic_prefix: '' }
      for (const variables of [noCluster, noPrefix]) {
        const { objections } = planned(TERRAFORM, folder ?? '', { ...installation, variables })
        expect(new Set(objections)).toEqual(
          new Set([expect.stringContaining('Set msk_cluster_arn and topic_prefix, or neither')]),
        )
      }
      const { topic_prefix: _prefix, ...neither } = noCluster
      const { policies, objections } = planned(TERRAFORM, folder ?? '', { ...installation, variables: neither })
      expect(objections).toEqual([])
      expect(policies.msk).toEqual({})
    },
  )
})
