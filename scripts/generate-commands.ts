/** Makes docs/reference/commands.md from the declarations in src/cli/commands. */
import { commandsPage } from './commands-page.ts'
import { generatedFile } from './generated-file.ts'

generatedFile(new URL('../docs/reference/commands.md', import.meta.url), commandsPage())
