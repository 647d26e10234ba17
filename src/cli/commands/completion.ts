import { command } from '../command.ts'

export const completion = command({
  name: 'completion',
  summary: 'print a script that completes commands in a shell',
  takes: '<shell>',
  about: `bash: add "source <(waldstream completion bash)" to ~/.bashrc

zsh: add "source <(waldstream completion zsh)" to ~/.zshrc, after compinit

fish: waldstream completion fish > ~/.config/fish/completions/waldstream.fish`,
  options: {},
  examples: ['waldstream completion bash'],
  choices: { shell: ['bash', 'zsh', 'fish'] },
})
