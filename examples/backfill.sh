#!/bin/bash
# Years of an MLS feed into the tables, then on with what is new: run it again
# after any failure. See ha-backfill(1).
#   backfill.sh vow 2019-01
set -u
account=$1 from=$2
last=$(date -u +%Y-%m) # where ha-sync is to go on
mk=/usr/local/share/ha-tools/backfill.mk

cd "${HA_SPOOL:-/var/lib/ha-tools}" || exit
for resource in property media property_rooms open_house; do
	make -s -k -j4 -f "$mk" SOURCE=reso ACCOUNT="$account" \
	    RESOURCE="$resource" FROM="$from" TO="$last" || exit
done
for resource in property media property_rooms open_house; do
	[ -z "$(ha-synclog last -a "$account" "reso/$resource")" ] || continue
	ha-page -a "$account" --from "{\"position\":\"$last-01T00:00:00Z\"}" \
	    "reso/$resource" | ha-filter-parents | ha-upsert
done
exec ha-sync -a "$account" reso
