<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Console\Command;

use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;
use Waldstream\Feeds\Model\Config;
use Waldstream\Feeds\Model\PullFeed;
use Waldstream\Feeds\Model\StagedRows;

/** Lets rows that failed be written with the next pull. */
class RetryCommand extends Command
{
    /**
     * Constructor.
     *
     * @param PullFeed $pull
     * @param StagedRows $rows
     */
    public function __construct(private readonly PullFeed $pull, private readonly StagedRows $rows)
    {
        parent::__construct();
    }

    /**
     * @inheritdoc
     */
    protected function configure(): void
    {
        $this->setName('waldstream:retry');
        $this->setDescription('Lets rows that failed be written with the next pull');
    }

    /**
     * @inheritdoc
     */
    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        foreach (Config::FEEDS as $feed) {
            $output->writeln("{$feed}: {$this->rows->retry($this->pull->nameOf($feed))} rows");
        }
        return Command::SUCCESS;
    }
}
