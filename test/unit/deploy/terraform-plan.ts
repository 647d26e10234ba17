import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Installation } from './terraform-installation.ts'
import { FOLDER, type Kind } from './terraform-policies.ts'

/** What Terraform plans: the policies by kind and role, and what it objects to. */
export interface Plan {
  readonly policies: Readonly<Record<Kind, Readonly<Record<string, string>>>>
  readonly objections: readonly string[]
}

interface Line {
  readonly test_plan?: {
    readonly resource_changes: readonly {
      readonly type: string
      readonly index?: string
      readonly change: { readonly after: { readonly policy?: string } }
    }[]
  }
  readonly diagnostic?: { readonly severity: string; readonly detail: string }
}

/** A run of `terraform test` that plans the module without asking AWS. */
function testFile({ region, account, variables }: Installation): string {
  const given = Object.entries(variables).map(([name, value]) => `    ${name} = ${JSON.stringify(value)}`)
  return `
provider "aws" {
  region                      = "${region}"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}
override_data {
  target = data.aws_caller_identity.this
  values = { account_id = "${account}" }
}
run "plan" {
  command = plan
  variables {
${given.join('\n')}
  }
}
`
}

/** A copy of the folder, with its provider; an error where Terraform or the provider is not there. */
export function initialized(terraform: string, plugins: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'waldstream-terraform-'))
  cpSync(FOLDER, copy, { recursive: true })
  mkdirSync(join(copy, 'tests'))
  const args = [`-chdir=${copy}`, 'init', '-backend=false', '-input=false', `-plugin-dir=${plugins}`]
  const { status, error, stderr } = spawnSync(terraform, args, { encoding: 'utf8' })
  if (status === 0) return copy
  rmSync(copy, { recursive: true })
  throw new Error(`terraform init failed: ${stderr}`, { cause: error })
}

export function planned(terraform: string, folder: string, installation: Installation): Plan {
  writeFileSync(join(folder, 'tests', 'plan.tftest.hcl'), testFile(installation))
  const { stdout } = spawnSync(terraform, [`-chdir=${folder}`, 'test', '-json', '-verbose'], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  const lines = stdout.split('\n').flatMap((line): readonly Line[] => (line === '' ? [] : [JSON.parse(line)]))
  const changes = lines.flatMap(({ test_plan: plan }) => plan?.resource_changes ?? [])
  const policies = (type: string) =>
    Object.fromEntries(
      changes.filter((one) => one.type === type).map(({ index = '', change }) => [index, change.after.policy ?? '']),
    )
  return {
    policies: { role: policies('aws_iam_role_policy'), msk: policies('aws_iam_policy') },
    objections: lines.flatMap(({ diagnostic }) => (diagnostic?.severity === 'error' ? [diagnostic.detail] : [])),
  }
}
