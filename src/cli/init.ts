import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { processEnvironment } from '../config.ts'
import { checkConfiguration } from '../configuration/load-configuration.ts'
import { shopTypes, vendorTypes } from '../configuration/start-folder/starting-point.ts'
import { startingFolder } from '../configuration/start-folder/write-folder.ts'
import type { SystemType } from '../configuration/system-type.ts'
import { mistakeText } from '../configuration/yaml-documents.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { systemTypes } from '../systems/systems.ts'
import { readArguments } from './arguments.ts'
import { askStartingPoint, type StartingAnswers } from './init-questions.ts'
import { openQuestions } from './questions.ts'
import { UsageError } from './usage-error.ts'

const typesText = (types: readonly SystemType[]) => types.map(({ type, title }) => `${type} (${title})`).join(' or ')

const USAGE = `waldstream init <dir> [options]

  Writes a first configuration into an empty folder: a shop, a vendor, the connection of both, a mapping to start from, its tests,
  and .env.example with the names of the secrets. What no option says is asked for.

  --shop TYPE             ${typesText(shopTypes(systemTypes))}
  --shop-id ID            what the shop is called here (default: shop)
  --shop-address URL      where it is, or env:NAME of a variable that says so
  --shop-sign-in NAME     a secret of the way to sign in, where there are several, such as bearer (default: the first way)
  --vendor TYPE           ${typesText(vendorTypes(systemTypes))}
  --vendor-id ID          what the vendor is called here (default: vendor)
  --vendor-address URL    where its ERP is
  --vendor-sign-in NAME   the same for the vendor, such as tokenId
  --connection ID         what the connection is called (default: <shop-id>-<vendor-id>)
  --sku-pattern REGEX     the vendor's SKUs (default: those in the vendor's feed of products)
  --orders-from TIME      orders placed before it are not read (default: now)
  --set WHERE.NAME=VALUE  a setting that the type needs, such as vendor.account=1234567; several times
  --json                  prints JSON

  docs/first-connection.md goes from here to the first order`

export async function initCommand(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const
  const options = {
    shop: text,
    'shop-id': text,
    'shop-address': text,
    'shop-sign-in': text,
    vendor: text,
    'vendor-id': text,
    'vendor-address': text,
    'vendor-sign-in': text,
    connection: text,
    'sku-pattern': text,
    'orders-from': text,
    set: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [folder, ...more] = positionals
  if (folder === undefined || more.length > 0) throw new UsageError('init takes one folder', USAGE)
  await assertEmpty(folder)
  const { json: _json, help: _help, set = [], ...given } = values
  const files = await writtenFiles({ given, set }, folder)
  const next = nextSteps(folder)
  if (values.json) return console.log(JSON.stringify({ folder, files, next }))
  console.log(`${folder} holds ${files.join(', ')}\n\nNext:\n${next.map((step) => `  ${step}`).join('\n')}`)
}

async function writtenFiles(answers: StartingAnswers, folder: string): Promise<readonly string[]> {
  const questions = openQuestions()
  try {
    const point = await askStartingPoint(answers, questions, USAGE)
    const files = startingFolder(point)
    await mkdir(folder, { recursive: true })
    for (const { name, text } of files) await writeFile(join(folder, name), text, { flag: 'wx' })
    const { mistakes } = await checkConfiguration(folder, processEnvironment(), systemTypes)
    if (mistakes.length > 0) {
      const listed = mistakes.map(mistakeText).join('\n')
      throw new StreamError('configuration_invalid', `the folder is written; to be corrected in it:\n${listed}`)
    }
    return files.map(({ name }) => name)
  } finally {
    questions?.close()
  }
}

/** Nothing is written over what is there. */
async function assertEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (toStreamError(error).message.includes('ENOENT')) return []
    throw new StreamError('request_invalid', `${folder} can't be read: ${toStreamError(error).message}`, {
      field: 'dir',
    })
  })
  if (names.length === 0) return
  throw new StreamError(
    'request_invalid',
    `${folder} is not empty (${names[0]}): name a folder that is, or a new one`,
    {
      field: 'dir',
    },
  )
}

function nextSteps(folder: string): readonly string[] {
  const file = isAbsolute(folder) ? join(folder, '.env') : `./${join(folder, '.env')}`
  return [
    `cp ${folder}/.env.example ${folder}/.env       # give each secret its value`,
    `set -a; . ${file}; set +a`,
    `waldstream validate ${folder}`,
    `waldstream test ${folder}                    # the mapping tests`,
    `waldstream doctor ${folder}                  # signs in to both systems`,
    `waldstream apply ${folder}                   # running processes take it up`,
  ]
}
