# SPDX-License-Identifier: MIT
# style.gp - the looks of every picture, and the only place for them.
# In: format (svg, png, pdf), stem, figure, finding, conditions, width, height, title_px, top_px.

FONT = "DejaVu Sans"

# The scales make text equally large in all three; PNG has two pixels for one.
if (format eq "svg") {
    set terminal svg noenhanced name figure size width,height dynamic rounded font FONT.",13"
}
if (format eq "png") {
    set terminal pngcairo noenhanced size 2*width,2*height butt font FONT.",13" fontscale 1.5 linewidth 2 pointscale 2 dashlength 2
}
if (format eq "pdf") {
    set terminal pdfcairo noenhanced size width/96.0,height/96.0 butt font FONT.",13" fontscale 0.525 linewidth 1 pointscale 0.6 dashlength 2
}
set output stem.".".format
set encoding utf8
set datafile separator "\t"

# Ink, and Okabe & Ito's colours with dash and marker: 1 the reference, 2 to 7 others, 8 muted.
INK = "#24292F"; MUTED = "#59636E"; RULE = "#D8DCE1"; FAINT = "#B6BDC6"
set linetype 1 lc rgb "#222222" dt 1         pt 7  ps 0.55
set linetype 2 lc rgb "#0072B2" dt 1         pt 5  ps 0.55
set linetype 3 lc rgb "#D55E00" dt (9,3)     pt 9  ps 0.7
set linetype 4 lc rgb "#009E73" dt (4,3)     pt 13 ps 0.7
set linetype 5 lc rgb "#CC79A7" dt (12,3,3,3) pt 11 ps 0.7
set linetype 6 lc rgb "#E69F00" dt (2,3)     pt 4  ps 0.6
set linetype 7 lc rgb "#56B4E9" dt (8,2,2,2,2,2) pt 6 ps 0.6
set linetype 8 lc rgb "#B6BDC6" dt 1         pt 7  ps 0.4
# Text needs more contrast than lines: darker twins, at least 4.5 to 1 on the card.
array text_colour[8] = [0x222222, 0x005A8C, 0xA84000, 0x00694C, 0x9B3F72, 0x815600, 0x1F6A99, 0x59636E]
STRONG = 3.0; LIGHT = 1.6; BAND = 0.13

set border 3 lc rgb MUTED lw 0.8
set tics nomirror out scale 0.5 textcolor rgb INK
set xtics offset 0,0.3
set grid noxtics ytics lc rgb RULE lw 0.8 lt 1
unset key
set style fill solid 1 noborder
set errorbars small
set samples 2

# Margins in px, so that text keeps its place at every height.
left(n)   = real(n) / width
right(n)  = 1 - real(n) / width
up(n)     = 1 - real(n) / height
bottom(n) = real(n) / height
set label 9001 finding    at screen left(10),up(17) font FONT.":Bold,15" textcolor rgb INK
set label 9002 conditions at screen left(10),up(title_px + 14) font FONT.",13" textcolor rgb MUTED
