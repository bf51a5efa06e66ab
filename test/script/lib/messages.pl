#!/usr/bin/perl
# messages.pl PAGE FILE...: what the tables of messages in a page quote and no string of these sources has, one a line.
# "..." in a quotation stands for what differs from time to time.
use strict;
use warnings;

my ($page, @sources) = @ARGV;

sub content
{
	my ($name) = @_;
	open my $in, '<', $name or die "$name: $!\n";
	local $/;
	return scalar <$in>;
}

# Strings of C++ that follow each other are one; SQL is taken as it is.
my $strings = '';
for my $name (@sources)
{
	my $source = content($name);
	$strings .= $source if $name =~ /\.sql$/;
	$source =~ s/(?<!\\)"\s+"//g;
	$strings .= "$1\n" while $source =~ /"((?:[^"\\\n]|\\.)*)"/g;
}
$strings =~ s/\\(.)/$1/g;

my $quoted = 0;
for my $table (content($page) =~ /^\| (?:message|`waiting_for` says) \|.*\n\|[-|]+\n((?:\|.*\n)+)/mg)
{
	for my $cell (map { (split / \| /, $_)[0] } split /\n/, $table)
	{
		for my $quotation ($cell =~ /`([^`]+)`/g)
		{
			$quoted++;
			my @pieces = grep { length } map { s/^ +| +$//gr } split /\.\.\.|\b\d+\b/, $quotation;
			print "$quotation\n" if grep { index($strings, $_) < 0 } @pieces;
		}
	}
}
die "$page quotes nothing\n" unless $quoted;
