#!/bin/sh
# Runs on the database server at its first boot.
set -eu
umask 077
echo "password=$password" > /etc/database.conf
