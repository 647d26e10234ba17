<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Controller\Adminhtml\Row;

use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpGetActionInterface;
use Magento\Framework\Controller\ResultInterface;
use Magento\Framework\View\Result\PageFactory;

/** Shows the grid. */
class Index extends Action implements HttpGetActionInterface
{
    public const ADMIN_RESOURCE = 'Waldstream_Feeds::pulls';

    /**
     * Constructor.
     *
     * @param Context $context
     * @param PageFactory $pages
     */
    public function __construct(Context $context, private readonly PageFactory $pages)
    {
        parent::__construct($context);
    }

    /**
     * @inheritdoc
     */
    public function execute(): ResultInterface
    {
        $page = $this->pages->create();
        $page->setActiveMenu('Waldstream_Feeds::rows');
        $page->getConfig()->getTitle()->prepend((string) __('Waldstream: rows'));
        return $page;
    }
}
