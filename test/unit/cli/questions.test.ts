// Ctrl-D at a question of `waldstream init` printed a stack trace.
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { questionsOn } from '../../../src/cli/questions.ts'

const question = { text: 'id', usual: null, problem: (text: string) => (text === 'good' ? null : 'is wrong') }

it('asks again until the answer is right', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const questions = questionsOn(input, output)
  const answer = questions.ask(question)
  input.write('bad\n')
  let shown = ''
  output.on('data', (text) => {
    const before = shown
    shown += text
    if (!before.includes('is wrong') && shown.includes('"bad" is wrong')) setImmediate(() => input.write('good\n'))
  })
  expect(await answer).toBe('good')
  questions.close()
})

it('is canceled where the input ends', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const answer = questionsOn(input, output).ask(question)
  input.end()
  await expect(answer).rejects.toMatchObject({ code: 'request_invalid', message: 'canceled; nothing was written' })
})

it('is canceled at the next question, too', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const questions = questionsOn(input, output)
  const first = questions.ask(question)
  input.write('good\n')
  expect(await first).toBe('good')
  input.end()
  await expect(questions.ask(question)).rejects.toMatchObject({ message: 'canceled; nothing was written' })
})
