#!/bin/sh
# Runs on the application server at its first boot.
set -eu
echo "starting release $release"
cat > /etc/application.conf <<CONF
database=$database
password=$password
CONF
