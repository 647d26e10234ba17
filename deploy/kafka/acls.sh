#!/usr/bin/env bash
# ACLs of an installation, a principal for each role. Made from the topology: npm run generate
#
#   BOOTSTRAP=broker:9092 PREFIX=shop. USER_PREFIX=waldstream- ./acls.sh --command-config admin.properties
#
# Every role reads all topics of the installation, since replays, retries and pages show what any of them holds, and creates
# what is missing. What it appends to is its own. PREFIX is TOPIC_PREFIX; on a cluster that is shared with others it must not
# be empty: it would be every topic and group.
set -euo pipefail
: "${BOOTSTRAP:?addresses of brokers}" "${PREFIX:?TOPIC_PREFIX of the installation}"
user=${USER_PREFIX:-waldstream-}
acls=(${KAFKA_ACLS:-kafka-acls.sh} --bootstrap-server "$BOOTSTRAP" "$@" --add)

# producer
"${acls[@]}" --allow-principal "User:${user}producer" --operation Read --operation Describe --operation DescribeConfigs --operation Create \
  --resource-pattern-type prefixed --topic "$PREFIX"
"${acls[@]}" --allow-principal "User:${user}producer" --operation Read --operation Describe --resource-pattern-type prefixed --group "$PREFIX"
"${acls[@]}" --allow-principal "User:${user}producer" --operation Describe --cluster
"${acls[@]}" --allow-principal "User:${user}producer" --operation Write \
  --topic "${PREFIX}orders" \
  --topic "${PREFIX}products" \
  --topic "${PREFIX}inventory" \
  --topic "${PREFIX}images" \
  --topic "${PREFIX}fulfilments" \
  --topic "${PREFIX}sync-requests" \
  --topic "${PREFIX}universal-products" \
  --topic "${PREFIX}universal-inventory" \
  --topic "${PREFIX}universal-images" \
  --topic "${PREFIX}sync-status" \
  --topic "${PREFIX}dead-letters"

# processor
"${acls[@]}" --allow-principal "User:${user}processor" --operation Read --operation Describe --operation DescribeConfigs --operation Create \
  --resource-pattern-type prefixed --topic "$PREFIX"
"${acls[@]}" --allow-principal "User:${user}processor" --operation Read --operation Describe --resource-pattern-type prefixed --group "$PREFIX"
"${acls[@]}" --allow-principal "User:${user}processor" --operation Describe --cluster
"${acls[@]}" --allow-principal "User:${user}processor" --operation Write \
  --topic "${PREFIX}universal-products" \
  --topic "${PREFIX}universal-inventory" \
  --topic "${PREFIX}universal-images" \
  --topic "${PREFIX}sync-status" \
  --topic "${PREFIX}dead-letters"
"${acls[@]}" --allow-principal "User:${user}processor" --operation Write --resource-pattern-type prefixed \
  --topic "${PREFIX}vendor-orders." \
  --topic "${PREFIX}shop-fulfilments." \
  --topic "${PREFIX}shop-products." \
  --topic "${PREFIX}shop-inventory." \
  --topic "${PREFIX}shop-images."

# projector
"${acls[@]}" --allow-principal "User:${user}projector" --operation Read --operation Describe --operation DescribeConfigs --operation Create \
  --resource-pattern-type prefixed --topic "$PREFIX"
"${acls[@]}" --allow-principal "User:${user}projector" --operation Read --operation Describe --resource-pattern-type prefixed --group "$PREFIX"
"${acls[@]}" --allow-principal "User:${user}projector" --operation Describe --cluster
"${acls[@]}" --allow-principal "User:${user}projector" --operation Write \
  --topic "${PREFIX}sync-status" \
  --topic "${PREFIX}dead-letters"

# api
"${acls[@]}" --allow-principal "User:${user}api" --operation Read --operation Describe --operation DescribeConfigs --operation Create \
  --resource-pattern-type prefixed --topic "$PREFIX"
"${acls[@]}" --allow-principal "User:${user}api" --operation Read --operation Describe --resource-pattern-type prefixed --group "$PREFIX"
"${acls[@]}" --allow-principal "User:${user}api" --operation Describe --cluster
"${acls[@]}" --allow-principal "User:${user}api" --operation Write \
  --topic "${PREFIX}orders" \
  --topic "${PREFIX}products" \
  --topic "${PREFIX}inventory" \
  --topic "${PREFIX}images" \
  --topic "${PREFIX}fulfilments" \
  --topic "${PREFIX}universal-products" \
  --topic "${PREFIX}universal-inventory" \
  --topic "${PREFIX}universal-images" \
  --topic "${PREFIX}sync-requests" \
  --topic "${PREFIX}sync-status" \
  --topic "${PREFIX}dead-letters"
"${acls[@]}" --allow-principal "User:${user}api" --operation Write --resource-pattern-type prefixed \
  --topic "${PREFIX}vendor-orders." \
  --topic "${PREFIX}shop-products." \
  --topic "${PREFIX}shop-inventory." \
  --topic "${PREFIX}shop-images." \
  --topic "${PREFIX}shop-fulfilments."
