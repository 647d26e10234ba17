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

/** Variables that are not set have their defaults. */
type PartlySet = Omit<Installation, 'variables'> & { readonly variables: Partial<Installation['variables']> }

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

/** A root module that uses the folder, and a run of `terraform test` that plans it without asking AWS. */
function filesOf({ region, account, variables }: PartlySet, unknown: readonly string[]) {
  const given = Object.entries(variables)
  const inputs = given.map(([name, value]) => `    ${name} = ${JSON.stringify(value)}`)
  const lines = given.map(([name]) => {
    const from = unknown.includes(name) ? 'terraform_data.given.output' : 'local.given'
    return `  ${name} = ${from}.${name}`
  })
  return {
    'main.tf': `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region                      = "${region}"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}
locals {
  given = {
${inputs.join('\n')}
  }
}
# What comes out of it is not known before it is applied.
resource "terraform_data" "given" {
  input = local.given
}
module "waldstream" {
  source = "./waldstream"
${lines.join('\n')}
}
`,
    'tests/plan.tftest.hcl': `
override_data {
  target = module.waldstream.data.aws_caller_identity.this
  values = { account_id = "${account}" }
}
run "plan" {
  command = plan
}
`,
  }
}

/** A folder that uses a copy of the module, with its provider; an error where Terraform or the provider is not there. */
export function initialized(terraform: string, plugins: string, installation: Installation): string {
  const folder = mkdtempSync(join(tmpdir(), 'waldstream-terraform-'))
  cpSync(FOLDER, join(folder, 'waldstream'), { recursive: true })
  mkdirSync(join(folder, 'tests'))
  write(folder, installation, [])
  const args = [`-chdir=${folder}`, 'init', '-backend=false', '-input=false', `-plugin-dir=${plugins}`]
  const { status, error, stderr } = spawnSync(terraform, args, { encoding: 'utf8' })
  if (status === 0) return folder
  rmSync(folder, { recursive: true })
  throw new Error(`terraform init failed: ${stderr}`, { cause: error })
}

function write(folder: string, installation: PartlySet, unknown: readonly string[]): void {
  for (const [name, text] of Object.entries(filesOf(installation, unknown))) writeFileSync(join(folder, name), text)
}

/** Plans the installation; `unknown` names variables that only applying makes known, as ARNs of what is made with it. */
export function planned(
  terraform: string,
  folder: string,
  installation: PartlySet,
  unknown: readonly (keyof Installation['variables'])[] = [],
): Plan {
  write(folder, installation, unknown)
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
