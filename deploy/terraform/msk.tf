# What each role may do at an MSK cluster with IAM: the rights that deploy/kafka/acls.sh gives where Kafka has its own users.
# topics.json has the topics that each role appends to.
locals {
  written_topics = jsondecode(file("${path.module}/topics.json"))
  msk_cluster    = coalesce(var.msk_cluster_arn, "none")
  # By the prefix: the ARN of a cluster that is made in the same plan is not known yet.
  msk_roles  = { for role, topics in local.written_topics : role => topics if var.topic_prefix != "" }
  msk_topics = "${replace(local.msk_cluster, ":cluster/", ":topic/")}/${var.topic_prefix}"
  msk_groups = "${replace(local.msk_cluster, ":cluster/", ":group/")}/${var.topic_prefix}"
}

data "aws_iam_policy_document" "msk" {
  for_each = local.msk_roles

  statement {
    sid       = "Connect"
    actions   = ["kafka-cluster:Connect", "kafka-cluster:DescribeCluster", "kafka-cluster:WriteDataIdempotently"]
    resources = [local.msk_cluster]
  }

  # Every role reads all topics of the installation, and creates what is missing.
  statement {
    sid = "ReadTopics"
    actions = [
      "kafka-cluster:CreateTopic",
      "kafka-cluster:DescribeTopic",
      "kafka-cluster:DescribeTopicDynamicConfiguration",
      "kafka-cluster:ReadData",
    ]
    resources = ["${local.msk_topics}*"]
  }

  statement {
    sid       = "WriteTopics"
    actions   = ["kafka-cluster:WriteData"]
    resources = [for topic in each.value : "${local.msk_topics}${topic}"]
  }

  statement {
    sid       = "UseGroups"
    actions   = ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"]
    resources = ["${local.msk_groups}*"]
  }
}

# Apart from the rights on tables: all policies inside of a role may have 10,240 characters together.
resource "aws_iam_policy" "msk" {
  for_each = local.msk_roles

  name   = "${var.name}-${each.key}-msk"
  policy = data.aws_iam_policy_document.msk[each.key].json
  tags   = var.tags

  lifecycle {
    precondition {
      condition     = length(replace(data.aws_iam_policy_document.msk[each.key].json, "/\\s/", "")) <= 6144
      error_message = "The policy of ${each.key} for MSK is longer than the 6,144 characters that AWS allows: use a shorter topic_prefix."
    }
  }
}

resource "aws_iam_role_policy_attachment" "msk" {
  for_each = local.msk_roles

  role       = aws_iam_role.role[each.key].name
  policy_arn = aws_iam_policy.msk[each.key].arn
}
