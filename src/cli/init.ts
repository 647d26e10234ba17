import { readdir, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { processEnvironment } from '../config.ts'
import { checkConfiguration } from '../configuration/load-configuration.ts'
import { secretRulesOf } from '../configuration/secret-rules.ts'
import { type StartingFile, startingFolder } from '../configuration/start-folder/write-folder.ts'
import { mistakeText } from '../configuration/yaml-documents.ts'
import { StreamError } from '../errors.ts'
import { pathFault } from '../path-fault.ts'
import { makeFolder } from '../platform/folders.ts'
import { systemTypes } from '../systems/systems.ts'
import type { Given } from './command.ts'
import type { init } from './commands/init.ts'
import { askStartingPoint, type StartingAnswers } from './init-questions.ts'
import { openQuestions } from './questions.ts'

export async function initCommand(values: Given<typeof init>): Promise<void> {
  const { dir: folder, json, set = [] } = values
  await assertEmpty(folder)
  const files = await writtenFiles({ given: answersOf(values), set }, folder)
  const next = nextSteps(folder)
  if (json) return console.log(JSON.stringify({ folder, files, next }))
  console.log(`${folder} contains ${files.join(', ')}\n\nNext:\n${next.map((step) => `  ${step}`).join('\n')}`)
}

/** Answers by name of the option. */
function answersOf(values: Given<typeof init>): StartingAnswers['given'] {
  const { shop, vendor, connection } = values
  return {
    shop,
    'shop-id': values.shopId,
    'shop-address': values.shopAddress,
    'shop-sign-in': values.shopSignIn,
    vendor,
    'vendor-id': values.vendorId,
    'vendor-address': values.vendorAddress,
    'vendor-sign-in': values.vendorSignIn,
    connection,
    'sku-pattern': values.skuPattern,
    'orders-from': values.ordersFrom,
  }
}

async function writtenFiles(answers: StartingAnswers, folder: string): Promise<readonly string[]> {
  const questions = openQuestions()
  try {
    const environment = processEnvironment()
    const secretPrefix = secretRulesOf(environment).environmentPrefix
    const files = startingFolder({ ...(await askStartingPoint(answers, questions)), secretPrefix })
    await writeFiles(folder, files)
    const { mistakes } = await checkConfiguration(folder, environment, systemTypes)
    if (mistakes.length > 0) {
      const listed = mistakes.map(mistakeText).join('\n')
      throw new StreamError('configuration_invalid', `the folder was written; correct these mistakes in it:\n${listed}`)
    }
    return files.map(({ name }) => name)
  } finally {
    questions?.close()
  }
}

async function writeFiles(folder: string, files: readonly StartingFile[]): Promise<void> {
  try {
    await makeFolder(folder)
    for (const { name, text } of files) await writeFile(join(folder, name), text, { flag: 'wx' })
  } catch (cause) {
    throw folderError(folder, cause)
  }
}

function folderError(folder: string, cause: unknown): StreamError {
  return new StreamError('request_invalid', `${folder} can't be written: it ${pathFault(cause)}; name another folder`, {
    field: 'dir',
    cause,
  })
}

/** Throws unless the folder is empty or missing: no file is overwritten. */
async function assertEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw folderError(folder, error)
  })
  if (names.length === 0) return
  throw new StreamError('request_invalid', `${folder} is not empty (${names[0]}); name an empty or new folder`, {
    field: 'dir',
  })
}

function nextSteps(folder: string): readonly string[] {
  const file = isAbsolute(folder) ? join(folder, '.env') : `./${join(folder, '.env')}`
  return [
    `cp ${folder}/.env.example ${folder}/.env       # give each secret its value`,
    `set -a; . ${file}; set +a`,
    `waldstream validate ${folder}`,
    `waldstream test ${folder}                    # the mapping tests`,
    `waldstream doctor ${folder}                  # signs in to both systems`,
    `waldstream apply ${folder}                   # running processes follow`,
  ]
}
