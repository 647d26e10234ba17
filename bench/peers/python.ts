import { join } from 'node:path'
import { runCommand } from '../../services/run-command.ts'
import { builtFolder, type Environment, type NoPeer, type Peer } from './peer.ts'

/** As in its requirements.txt. */
export const PYTHON = 'Python with confluent-kafka 2.16.1 and fastavro 1.13.1'

/** Python with the libraries its teams use, in a virtual environment that is made once. */
export async function python(env: Environment, signal: AbortSignal): Promise<Peer | NoPeer> {
  try {
    await runCommand('python3', ['--version'], { env, signal })
  } catch {
    signal.throwIfAborted()
    return { why: 'there is no python3 in PATH' }
  }
  try {
    const folder = await builtFolder('python', env, async (sources, aside) => {
      await runCommand('python3', ['-m', 'venv', aside], { env, signal })
      const wanted = join(sources, 'requirements.txt')
      await runCommand(join(aside, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '-r', wanted], { env, signal })
    })
    return { command: join(folder, 'bin', 'python'), args: [join(import.meta.dirname, 'python', 'peer.py')] }
  } catch (error) {
    signal.throwIfAborted()
    return { why: `its libraries can't be had: ${error instanceof Error ? error.message : String(error)}` }
  }
}
