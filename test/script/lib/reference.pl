#!/usr/bin/perl
# reference.pl FACTS FILE: what doc/reference.md says of the extension, to be compared with the catalog: "functions" as
# CREATE statements of functions that do nothing, in schema "reference"; the other facts one a line.
use strict;
use warnings;

my ($facts, $file) = @ARGV;
open my $page, '<', $file or die "$file: $!\n";

# Sections, each with its title, its text, and its tables: rows of cells, by the title of the first column.
my @sections = ({title => '', text => '', blocks => []});
my $block;
while (my $line = <$page>)
{
	if ($line =~ /^```(\w*)$/)
	{
		die "$file, line $.: the block before is not closed\n" if $block && $1;
		$block = $block ? undef : {language => $1, text => ''};
		push @{$sections[-1]{blocks}}, $block if $block;
	}
	elsif ($block)
	{
		$block->{text} .= $line;
	}
	elsif ($line =~ /^#+ (.*)/)
	{
		push @sections, {title => $1, text => '', blocks => []};
	}
	else
	{
		$sections[-1]{text} .= $line;
	}
}
die "$file: the last block is not closed\n" if $block;

# split_list TEXT: at commas that are in no parentheses and no quotes
sub split_list
{
	my ($text) = @_;
	my @parts = $text =~ /\G\s*((?:'[^']*'|\((?:[^()]|\([^()]*\))*\)|[^,'()])+),?/g;
	s/\s+/ /g, s/ $// for @parts;
	return @parts;
}

# signatures SECTION: of the block that begins with one.  "..." stands for the arguments of the signature before it that
# the list does not begin with.
sub signatures
{
	my ($section) = @_;
	my @found;
	for my $block (grep { $_->{language} eq 'sql' && $_->{text} =~ /^(CALL )?migsafe\.\w+\(\w+ / } @{$section->{blocks}})
	{
		(my $text = $block->{text}) =~ s/ --.*//g;
		for my $statement (split /\n(?=CALL migsafe\.|migsafe\.)/, $text)
		{
			my ($call, $name, $arguments, $result) =
				$statement =~ /^(CALL )?migsafe\.(\w+)\(((?:'[^']*'|\([^()]*\)|[^()'])*)\)\s*(.*?)\s*$/s
				or die "not understood: $statement\n";
			my @arguments = split_list($arguments);
			if ($arguments[-1] eq '...')
			{
				pop @arguments;
				push @arguments, @{$found[-1]{arguments}}[scalar @arguments .. $#{$found[-1]{arguments}}];
				$result ||= $found[-1]{result};
			}
			push @found, {procedure => !!$call, name => $name, arguments => \@arguments, result => $result};
		}
	}
	return @found;
}

# rows SECTION TITLE: of the tables whose first column has that title
sub rows
{
	my ($section, $title) = @_;
	my @rows;
	while ($section->{text} =~ /^\| $title \|.*\n\|[-|]+\n((?:\|.*\n)+)/mg)
	{
		push @rows, map { [map { s/^ +| +$//gr } split /\|/, s/^\|//r, -1] } split /\n/, $1;
	}
	return @rows;
}

# names CELL: in backquotes
sub names
{
	return $_[0] =~ /`([^`]+)`/g;
}

# name ARGUMENT: of a signature
sub name
{
	return $_[0] =~ s/^(?:IN|OUT|INOUT) //r =~ s/ .*//sr;
}

# fill NAMES ORDER: a cell may say "first ... last" of names that have an order
sub fill
{
	my ($cell, @order) = @_;
	return names($cell) unless $cell =~ /`(\w+)` \.\.\. `(\w+)`/;
	my ($first, $last) = ($1, $2);
	return grep { ($_ eq $first .. $_ eq $last) } @order;
}

sub functions
{
	for my $signature (map { signatures($_) } @sections)
	{
		# That a procedure may be called without its results goes without saying there.
		my @arguments = map { /^INOUT/ && !/DEFAULT/ ? "$_ DEFAULT NULL" : $_ } @{$signature->{arguments}};
		printf "CREATE %s reference.%s(%s) %s LANGUAGE plpgsql AS 'BEGIN END';\n",
			$signature->{procedure} ? 'PROCEDURE' : 'FUNCTION', $signature->{name}, join(', ', @arguments),
			$signature->{result};
	}
}

# Functions that are named and not described.
sub internal
{
	print "$_\n" for map { names($_->{text} =~ s/\n\n.*//sr) } grep { $_->{title} eq 'Internal functions' } @sections;
}

# Whoever lists arguments or results lists all of them: what is missing, and what is there too much.
sub arguments
{
	for my $section (@sections)
	{
		my @signatures = signatures($section) or next;
		my @all = map { @{$_->{arguments}}, map { /TABLE \((.*)\)/s ? map { "OUT $_" } split_list($1) : () } $_->{result} }
			@signatures;
		my %order = (argument => [map { name($_) } grep { !/^(?:INOUT|OUT) / } @all],
			result => [map { name($_) } grep { /^(?:INOUT|OUT) / } @all]);
		for my $kind (sort keys %order)
		{
			my @rows = rows($section, $kind) or next;
			my %said = map { $_ => 1 } map { fill($_->[0], @{$order{$kind}}) } @rows;
			my %is = map { $_ => 1 } @{$order{$kind}};
			print "$section->{title}: $kind $_ is not explained\n" for grep { !$said{$_} } sort keys %is;
			print "$section->{title}: there is no $kind $_\n" for grep { !$is{$_} } sort keys %said;
		}
	}
}

# Relation, column and type of each column; "as in" leads to a relation that is described elsewhere.
sub columns
{
	my %type;
	my @later;
	for my $section (@sections)
	{
		my ($relation) = $section->{title} =~ /^(?:migsafe\.(\w+)|Undo logs)$/ or next;
		$relation //= 'undo log';
		my @rows = rows($section, 'column') or next;
		my @relations = ($relation, $section->{text} =~ /`migsafe\.(\w+)` and `migsafe\.(\w+)` have the same columns/);
		for my $row (@rows)
		{
			my @names = names($row->[0]);
			my @types = split /, /, $row->[1];
			my ($other) = $row->[2] =~ /as in `migsafe\.(\w+)`/;
			for my $i (0 .. $#names)
			{
				my $type = $types[@types == 1 ? 0 : $i];
				$type{$_}{$names[$i]} = $type // "as in $other" for @relations;
			}
		}
	}
	for my $relation (sort keys %type)
	{
		for my $column (sort keys %{$type{$relation}})
		{
			my $type = $type{$relation}{$column};
			$type = $type{$1}{$column} // "as in $1, which has none" if $type =~ /^as in (\w+)/;
			print "$relation\t$column\t$type\n";
		}
	}
}

sub settings
{
	print "$_\n" for map { $_->{text} =~ /`(migsafe\.\w+)`/g } grep { $_->{title} eq 'Settings' } @sections;
}

sub sqlstates
{
	for my $section (grep { $_->{title} =~ /^Errors( of patches)?$/ } @sections)
	{
		print "$_\n" for map { split /, /, $_->[0] } rows($section, 'SQLSTATE');
	}
}

# Members of a pace.
sub pace
{
	print "$_\n" for map { names($_->[0]) } map { rows($_, 'member') } grep { $_->{title} eq 'The pace' } @sections;
}

my %of = (functions => \&functions, internal => \&internal, arguments => \&arguments, columns => \&columns,
	settings => \&settings, sqlstates => \&sqlstates, pace => \&pace);
($of{$facts} // die "no such facts: $facts\n")->();
