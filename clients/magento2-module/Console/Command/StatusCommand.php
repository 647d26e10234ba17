<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Console\Command;

use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;
use Waldstream\Feeds\Model\Config;
use Waldstream\Feeds\Model\Order\OrderQueue;
use Waldstream\Feeds\Model\PullFeed;
use Waldstream\Feeds\Model\PullLog;
use Waldstream\Feeds\Model\RowStatus;
use Waldstream\Feeds\Model\StagedRows;

/** Shows the last pulls, and what is still to be written. */
class StatusCommand extends Command
{
    /**
     * Constructor.
     *
     * @param PullFeed $pull
     * @param PullLog $log
     * @param StagedRows $rows
     * @param OrderQueue $orders
     */
    public function __construct(
        private readonly PullFeed $pull,
        private readonly PullLog $log,
        private readonly StagedRows $rows,
        private readonly OrderQueue $orders,
    ) {
        parent::__construct();
    }

    /**
     * @inheritdoc
     */
    protected function configure(): void
    {
        $this->setName('waldstream:status');
        $this->setDescription('Shows the last pulls, and what is still to be written');
    }

    /**
     * @inheritdoc
     */
    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        foreach (Config::FEEDS as $feed) {
            $name = $this->pull->nameOf($feed);
            $last = $this->log->last($name);
            $none = [RowStatus::PENDING => 0, RowStatus::WRITTEN => 0, RowStatus::FAILED => 0];
            $counts = $this->rows->counts($name) + $none;
            $when = $last === null ? 'never pulled' : "last pull at {$last['started_at']} UTC";
            $output->writeln(
                "{$feed}: {$when}, {$counts[RowStatus::WRITTEN]} rows written, "
                . "{$counts[RowStatus::PENDING]} to be written, {$counts[RowStatus::FAILED]} failed"
            );
            if (isset($last['error'])) {
                $output->writeln("{$feed}: {$last['error']}");
            }
        }
        $output->writeln("orders: {$this->orders->size()} to be pushed");
        return Command::SUCCESS;
    }
}
