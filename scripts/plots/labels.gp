# SPDX-License-Identifier: MIT
# labels.gp - names to the right of the plot, tied to what they name where they had to move. In, in
# fractions of the plot: point_x, point_y, label_y, and label, hue, strong.

do for [i = 1:labels] {
    set label 100+i label[i] at graph 1.05, graph label_y[i] left font FONT.(strong[i] ? ":Bold" : "").",13" textcolor rgb text_colour[hue[i]] front
    if (abs(label_y[i] - point_y[i]) > 0.02 || point_x[i] < 0.95) {
        set arrow 100+i from graph point_x[i], graph point_y[i] to graph 1.035, graph label_y[i] nohead lc rgb FAINT lw 0.8 back
    }
}
